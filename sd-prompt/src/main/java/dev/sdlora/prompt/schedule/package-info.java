/**
 * Texts that change during the generation of an image: prompt editing and alternation. A generation
 * uses {@link dev.sdlora.prompt.schedule.PromptSchedule}; the other classes find the parts of a
 * text that change.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Prompt editing and alternation: {@code prompt.schedule}: {@code SwitchParser} finds them,
 *       {@code BracketRun} reads stray brackets as A1111 does, {@code PromptSchedule} is the API
 *       for a generation.
 * </ul>
 */
@NullMarked
package dev.sdlora.prompt.schedule;

import org.jspecify.annotations.NullMarked;
