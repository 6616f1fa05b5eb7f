@NullMarked
package dev.sdlora.tensors.torch;

import org.jspecify.annotations.NullMarked;
