/**
 * What other programs write into their images, said in A1111's words: one class for each program,
 * which makes {@link dev.sdlora.pipeline.foreign.ForeignSettings} of its JSON, and one for each way
 * to weigh words of a prompt. Values are not checked here; whoever reads A1111's text does that.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>What another program's settings mean in A1111's words: {@code pipeline.foreign}: a class
 *       for each program, one for each way to weigh words; {@code image.ForeignText} writes the
 *       text, {@code StealthText} finds what pixels hide.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline.foreign;

import org.jspecify.annotations.NullMarked;
