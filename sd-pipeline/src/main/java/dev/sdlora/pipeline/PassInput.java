package dev.sdlora.pipeline;

import dev.sdlora.pipeline.canvas.StartLatent;
import java.util.Optional;

/**
 * What a denoising pass is given beside noise.
 *
 * @param start what it starts from; empty for noise alone
 * @param shown what an inpainting model or one that edits reads beside the noisy latent,
 *     [count][height / 8][width / 8]; empty for other models
 */
record PassInput(Optional<StartLatent> start, Optional<float[]> shown) {}
