/**
 * Python pickles as {@code torch.save} writes them, read without executing anything: {@link
 * dev.sdlora.tensors.pickle.PickleReader} gives maps, lists, text, numbers and references to
 * tensors, and refuses a pickle that asks for more. Knows neither files nor the engine.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What a pickle may contain: {@code tensors.pickle.TensorGlobals}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.pickle;

import org.jspecify.annotations.NullMarked;
