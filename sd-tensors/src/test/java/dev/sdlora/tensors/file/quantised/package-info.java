/** Tests of quantised weights. */
@NullMarked
package dev.sdlora.tensors.file.quantised;

import org.jspecify.annotations.NullMarked;
