/** Tests of model folders. */
@NullMarked
package dev.sdlora.tensors.folder;

import org.jspecify.annotations.NullMarked;
