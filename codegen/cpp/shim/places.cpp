VL_ATTR_COLD void $function$(const $class$& object, LightsssPlace* places) {
    $places$
}

