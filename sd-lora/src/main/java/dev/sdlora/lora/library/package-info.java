/**
 * Finds LoRA files by the names that prompts use.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The trigger words of a LoRA and the check whether a prompt contains them: {@code
 *       lora.library.Triggers}, {@code PhraseText}; warnings and added words: {@code
 *       pipeline.LoraTexts}; their position in the prompt: {@code TriggerWordPrompts}.
 *   <li>Common words of captions, which are not trigger words: {@code common_caption_words.txt}
 *       next to {@code lora.library}.
 *   <li>The resolution of names to files: {@code lora.library.LoraNames}.
 * </ul>
 */
@NullMarked
package dev.sdlora.lora.library;

import org.jspecify.annotations.NullMarked;
