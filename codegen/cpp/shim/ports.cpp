$ports$ {
    $places$
}

