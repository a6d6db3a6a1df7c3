// Included in front of each of the model's sources. The runtime's headers come first, so that the names below change
// nothing in them.
#ifndef LIGHTSSS_FORCED_
#define LIGHTSSS_FORCED_
$includes$
$structs$
$names$
#endif
