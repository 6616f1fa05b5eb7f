/**
 * The implementation behind the public API: {@code LocalPipeline} queues requests, resolves each
 * into a {@link dev.sdlora.pipeline.request.RequestPlan} and draws it with {@link
 * dev.sdlora.pipeline.generation.Generation}.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>The queue, cancelling and closing: {@code LocalPipeline}, {@code Request}.
 *   <li>Calls of listeners: {@code Callbacks}.
 *   <li>Opening a pipeline: {@code LocalPipelines}.
 *   <li>Explanations of prompts: {@code LocalPrompts}.
 * </ul>
 */
@NullMarked
package dev.sdlora.pipeline;

import org.jspecify.annotations.NullMarked;
