@NullMarked
package dev.sdlora.tensors.natives;

import org.jspecify.annotations.NullMarked;
