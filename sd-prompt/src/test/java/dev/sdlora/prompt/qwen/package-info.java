@NullMarked
package dev.sdlora.prompt.qwen;

import org.jspecify.annotations.NullMarked;
