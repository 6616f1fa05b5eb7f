/**
 * Finds LoRA files by the names that prompts use.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What calls a LoRA up, whether a prompt has it: {@code lora.library.Triggers}, {@code
 *       PhraseText}; what is said and put in, {@code pipeline.LoraTexts}; where, {@code
 *       TriggerWordPrompts}.
 *   <li>Which words of captions are no trigger words: {@code common_caption_words.txt} beside
 *       {@code lora.library}.
 *   <li>Which file a name stands for: {@code lora.library.LoraNames}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.library;

import org.jspecify.annotations.NullMarked;
