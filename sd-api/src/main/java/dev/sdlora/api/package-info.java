/**
 * What a caller of the library names: open a {@link dev.sdlora.api.Checkpoint}, build a {@link
 * dev.sdlora.api.Pipeline}, describe an image with a {@link dev.sdlora.api.PromptSpec}, save the
 * {@link dev.sdlora.api.GeneratedImage}. Values are immutable and safe to share between threads; no
 * native memory is held by anything but the pipeline.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>What dynamic prompts mean: {@code api.DynamicPrompts} tells it, {@code prompt.dynamic}
 *       reads and draws; where wildcards are found, {@code pipeline.WildcardFolders}; which images
 *       have which prompt, {@code ResolvedPrompts}.
 *   <li>How much a prompt may ask for: {@code api.PromptLimits}, checked by {@code
 *       prompt.grammar.Limit}.
 *   <li>How much a request may hold: {@code api.RequestLimits}, checked by {@code
 *       pipeline.request.RequestInputs}; in JSON by {@code request.RequestImages}, {@code
 *       Fields.requireFew} and {@code StoredRequest.requireShort}.
 *   <li>What is told of a device: {@code api.DeviceInfo}, {@code LocalPipelines.describe}; how it
 *       is shown, {@code cli.DeviceReport}.
 *   <li>What a stream tells, and what back-pressure drops: {@code api.GenerationEvent}, {@code
 *       GenerationSubscription}, {@code PendingEvents}.
 *   <li>What a click on a LoRA's card does to prompts: {@code LoraAdapter.tag(prompt,
 *       negativePrompt)}: what is put in; {@code server.prompt.LoraEdit}: where, and out again.
 *   <li>The public API: the class, then its record {@code api.txt} (docs/publishing.md), which
 *       {@code PublicApiTest} compares.
 *   <li>An option of a request: {@code api.PromptSpec}, {@code PromptSpec.Builder} or one of their
 *       groups ({@code SamplerOptions}, …), where it acts, {@code InfotextKeys}, {@code
 *       cli.ImageOptions} or its groups.
 * </ul>
 */
@NullMarked
package dev.sdlora.api;

import org.jspecify.annotations.NullMarked;
