/** Tests of tensor files. */
@NullMarked
package dev.sdlora.tensors.folder;

import org.jspecify.annotations.NullMarked;
