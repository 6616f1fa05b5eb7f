/** Files in folders that people keep models in: which there are, and what was read of them. */
@NullMarked
package dev.sdlora.tensors.folder;

import org.jspecify.annotations.NullMarked;
