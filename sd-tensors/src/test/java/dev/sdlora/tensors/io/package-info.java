/** Tests of files and channels. */
@NullMarked
package dev.sdlora.tensors.io;

import org.jspecify.annotations.NullMarked;
