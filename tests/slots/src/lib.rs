//! What the scenario programs share: the C++ helper.
