/**
 * Makes LoRA files out of checkpoints and other LoRA files, and checkpoints with LoRAs in them.
 * Each class is one task: name what it works on, set what differs from the defaults, and write.
 */
@NullMarked
package dev.sdlora.api.make;

import org.jspecify.annotations.NullMarked;
