package dev.sdlora.families.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.AdaptableNetwork;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.tensors.torch.TensorDict;
import java.util.List;
import java.util.function.Supplier;

/**
 * A transformer that predicts the velocity of a rectified flow (Liu et al. 2022): noise minus clean
 * latent, where a latent at sigma is {@code (1 - sigma) · clean + sigma · noise}.
 */
public interface DiffusionTransformer extends AdaptableNetwork {
  /**
   * Predicts velocities.
   *
   * @param scope the manager that will own the result
   * @return float32, the shape of the latents
   */
  NDArray predict(Input input, NDManager scope);

  @Override
  DiffusionTransformer reading(Supplier<TensorDict> other);

  /**
   * The inputs of a model call.
   *
   * @param latents float32 [batch, channels, height, width]
   * @param sigmas float32 [batch], 0 to 1
   * @param context float32 [batch, tokens, width], the states of the prompts; rows of fewer tokens
   *     are filled at the end with any values
   * @param tokens the number of tokens of each row that the network reads
   * @param references latents of reference images, float32 [1, channels, height, width] each, which
   *     all rows read
   * @param added the pooled text and the guidance scale, for networks that read them
   * @param skipped the indices of blocks to leave out; only Stable Diffusion 3 reads them
   */
  record Input(
      NDArray latents,
      NDArray sigmas,
      NDArray context,
      List<Integer> tokens,
      List<NDArray> references,
      AddedConditions added,
      List<Integer> skipped) {
    /** Copies the lists. */
    public Input {
      tokens = List.copyOf(tokens);
      references = List.copyOf(references);
      skipped = List.copyOf(skipped);
    }

    /** Creates the inputs of a whole network. */
    public Input(
        NDArray latents,
        NDArray sigmas,
        NDArray context,
        List<Integer> tokens,
        List<NDArray> references,
        AddedConditions added) {
      this(latents, sigmas, context, tokens, references, added, List.of());
    }

    /** Creates the inputs of a network that reads only the states of prompts. */
    public Input(
        NDArray latents,
        NDArray sigmas,
        NDArray context,
        List<Integer> tokens,
        List<NDArray> references) {
      this(
          latents,
          sigmas,
          context,
          tokens,
          references,
          AddedConditions.none(Math.toIntExact(latents.getShape().get(0)), latents.getManager()));
    }
  }
}
