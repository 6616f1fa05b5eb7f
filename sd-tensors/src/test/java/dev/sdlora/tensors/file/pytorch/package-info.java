/** Tests of PyTorch files. */
@NullMarked
package dev.sdlora.tensors.file.pytorch;

import org.jspecify.annotations.NullMarked;
