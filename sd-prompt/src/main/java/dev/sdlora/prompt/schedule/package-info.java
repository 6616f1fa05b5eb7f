/**
 * Texts that change while a picture is made: prompt editing and alternation. {@link
 * dev.sdlora.prompt.schedule.PromptSchedule} is what a generation asks; the rest finds the places
 * where a text changes.
 */
@NullMarked
package dev.sdlora.prompt.schedule;

import org.jspecify.annotations.NullMarked;
