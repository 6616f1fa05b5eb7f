/**
 * Detail passes before they are painted: {@link dev.sdlora.pipeline.detail.Detectors} finds
 * detectors by name, {@link dev.sdlora.pipeline.detail.WantedLabels} compares the labels of a pass
 * with theirs, {@link dev.sdlora.pipeline.detail.FoundFilter} chooses and orders their finds,
 * {@link dev.sdlora.pipeline.detail.DetailMasks} makes masks of them, and {@link
 * dev.sdlora.pipeline.detail.DetailPrompts} reads their prompts. All rules are those of ADetailer.
 * {@code request.DetailPlan} resolves a pass, and {@code generation.DetailLoop} paints it.
 */
@NullMarked
package dev.sdlora.pipeline.detail;

import org.jspecify.annotations.NullMarked;
