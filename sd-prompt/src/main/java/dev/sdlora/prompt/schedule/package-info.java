/**
 * Texts that change while an image is made: prompt editing and alternation. {@link
 * dev.sdlora.prompt.schedule.PromptSchedule} is what a generation asks; the rest finds the places
 * where a text changes.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>Prompt editing and alternation: {@code prompt.schedule}: {@code SwitchParser} finds them,
 *       {@code BracketRun} reads stray brackets as A1111 does, {@code PromptSchedule} is what a
 *       generation asks.
 * </ul>
 */
@NullMarked
package dev.sdlora.prompt.schedule;

import org.jspecify.annotations.NullMarked;
