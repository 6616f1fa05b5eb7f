/**
 * Where native code comes from: the folder that it is unpacked to, what may lie there, and what the
 * process around it must be like. docs/natives.md tells it to users.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Where native code comes from, when it is loaded; threads by the size of the work: {@code
 *       tensors.natives}, {@code tensors.torch.EngineStart}; {@code tensors.torch.ThreadLimit}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.natives;

import org.jspecify.annotations.NullMarked;
