/**
 * The main types of the library: open a {@link dev.sdlora.api.Checkpoint}, build a {@link
 * dev.sdlora.api.Pipeline}, describe an image with a {@link dev.sdlora.api.PromptSpec}, save the
 * {@link dev.sdlora.api.GeneratedImage}. Values are immutable and safe to share between threads;
 * only the pipeline holds native memory.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Dynamic prompts: {@code api.DynamicPrompts} documents them, {@code prompt.dynamic} parses
 *       and draws them, {@code pipeline.wildcard.WildcardFolders} finds wildcards, and {@code
 *       ResolvedPrompts} assigns prompts to images.
 *   <li>Limits on prompts: {@code api.PromptLimits}, checked by {@code prompt.grammar.Limit}.
 *   <li>Limits on requests: {@code api.RequestLimits}, checked by {@code
 *       pipeline.request.RequestInputs}; for JSON by {@code request.context.RequestImages}, {@code
 *       Fields.requireFew} and {@code StoredRequest.requireShort}.
 *   <li>Device properties: {@code api.DeviceInfo} and {@code LocalPipelines.describe}; {@code
 *       cli.DeviceReport} shows them.
 *   <li>Events of a stream and back-pressure: {@code api.GenerationEvent}, {@code
 *       GenerationSubscription}, {@code PendingEvents}.
 *   <li>Adding a LoRA to prompts, as a click on its card does: {@code LoraAdapter.tag(prompt,
 *       negativePrompt)} makes the text, and {@code server.prompt.LoraEdit} inserts and removes it.
 *   <li>The public API: the class, then its record {@code api.txt} (docs/publishing.md), which
 *       {@code PublicApiTest} compares.
 *   <li>An option of a request: {@code api.PromptSpec}, {@code PromptSpec.Builder} or one of their
 *       groups ({@code SamplerOptions}, …), the code that applies it, {@code InfotextKeys}, and
 *       {@code cli.ImageOptions} or its groups.
 * </ul>
 */
@NullMarked
package dev.sdlora.api;

import org.jspecify.annotations.NullMarked;
