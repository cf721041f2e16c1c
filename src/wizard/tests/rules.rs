//! The rules that no screen may break, each as a table or a short story.
use super::*;
