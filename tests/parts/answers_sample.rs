//! placeholder until the base is there
