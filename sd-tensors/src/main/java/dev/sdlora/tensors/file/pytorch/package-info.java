/**
 * The files of {@code torch.save}: zip archives and, before PyTorch 1.6, several pickles. {@code
 * tensors.pickle} reads the pickles and executes nothing.
 */
@NullMarked
package dev.sdlora.tensors.file.pytorch;

import org.jspecify.annotations.NullMarked;
