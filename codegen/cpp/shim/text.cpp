$text$ {
    *length = textp->size();
    return textp->data();
}

$set_text$ {
    textp->assign(text, length);
}

