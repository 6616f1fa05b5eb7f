/** LoRA files: whose key names they use, what modules they hold, what they were trained for. */
@NullMarked
package dev.sdlora.lora.format;

import org.jspecify.annotations.NullMarked;
