/**
 * Reads Python pickles that {@code torch.save} wrote, without executing anything: {@link
 * dev.sdlora.tensors.pickle.PickleReader} returns maps, lists, text, numbers and references to
 * tensors, and rejects a pickle that requests more. Independent of files and of the engine.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The permitted content of a pickle: {@code tensors.pickle.TensorGlobals}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.pickle;

import org.jspecify.annotations.NullMarked;
