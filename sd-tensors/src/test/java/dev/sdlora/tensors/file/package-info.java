/** Tests of tensor files. */
@NullMarked
package dev.sdlora.tensors.file;

import org.jspecify.annotations.NullMarked;
