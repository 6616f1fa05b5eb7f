/**
 * What other programs write into their pictures, said in A1111's words: one class for each program,
 * which makes {@link dev.sdlora.pipeline.foreign.ForeignSettings} of its JSON, and one for each way
 * to weigh words of a prompt. Values are not checked here; whoever reads A1111's text does that.
 */
@NullMarked
package dev.sdlora.pipeline.foreign;

import org.jspecify.annotations.NullMarked;
