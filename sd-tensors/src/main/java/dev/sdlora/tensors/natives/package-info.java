/**
 * Where native code comes from: the folder that it is unpacked to, what may lie there, and what the
 * process around it must be like. docs/natives.md tells it to users.
 */
@NullMarked
package dev.sdlora.tensors.natives;

import org.jspecify.annotations.NullMarked;
