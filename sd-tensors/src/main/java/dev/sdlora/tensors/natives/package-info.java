/**
 * Loading of native code: the folder to which it is unpacked, the permitted content of that folder,
 * and the required setup of the process. docs/natives.md describes it for users.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The origin of native code, the time of loading; threads by the size of the work: {@code
 *       tensors.natives}, {@code tensors.torch.EngineStart}; {@code tensors.torch.ThreadLimit}.
 *   <li>The checks of a folder with PyTorch's libraries ({@code SDLORA_NATIVES}): {@code
 *       NamedLibtorch}; of NVIDIA's driver: {@code NvidiaDriver}.
 * </ul>
 */
@NullMarked
package dev.sdlora.tensors.natives;

import org.jspecify.annotations.NullMarked;
