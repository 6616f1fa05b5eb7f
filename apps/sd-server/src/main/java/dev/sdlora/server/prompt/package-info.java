/** What an editor of prompts asks: how a prompt is read, how it may go on, a LoRA put into it. */
@NullMarked
package dev.sdlora.server.prompt;

import org.jspecify.annotations.NullMarked;
