package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.EncodedCaptions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The frozen networks of a checkpoint, which compute the gradients of a LoRA. Their weights are in
 * the dtype of the computation and live as long as the owner of the native memory. Not safe for use
 * by several threads.
 */
public final class DenoisingNetworks implements TrainedNetworks {
  private final Torch torch;
  private final DenoisingProgram program;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private EncodedCaptions captions;
  private final int vectorWidth;

  /**
   * Reads the weights.
   *
   * @param torch the owner of the native memory
   * @param captions those of the first batches; if they are tokens, the text encoders are read as
   *     well
   * @param clipSkip 1 for the layer that the U-Net was trained to read, 2 for the one before it
   * @param computation how gradients are computed
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   */
  public DenoisingNetworks(
      Torch torch,
      UNetFiles files,
      EncodedCaptions captions,
      int clipSkip,
      DenoisingProgram.Computation computation) {
    this.torch = torch;
    this.captions = captions;
    this.program =
        new DenoisingProgram(
            torch,
            files.unet().config(),
            files.textEncoders().stream().map(ModelFiles.Part::config).toList(),
            clipSkip,
            computation);
    TensorLoader loader = new TensorLoader(torch);
    files
        .patchable()
        .forEach(
            (network, origins) -> {
              if (network == Network.UNET || !captions.areEncoded()) {
                read(torch, loader, network, origins, computation.format());
              }
            });
    this.vectorWidth = files.unet().config().vectorWidth();
  }

  private void read(
      Torch torch,
      TensorLoader loader,
      Network network,
      Map<String, Origin> origins,
      ScalarType format) {
    try (OpenFiles files = new OpenFiles()) {
      origins.forEach(
          (name, origin) -> {
            // Outputs of a program cannot take part in automatic differentiation.
            try (NDArray loaded =
                loader.load(
                    files.of(origin.file()),
                    origin.entry(),
                    origin.shape(),
                    format,
                    torch.manager())) {
              weights.put(JointNames.of(network, name), loaded.duplicate());
            }
          });
    }
  }

  @Override
  public Map<String, NDArray> weights() {
    return Map.copyOf(weights);
  }

  @Override
  public void use(Captions others) {
    captions = (EncodedCaptions) others;
  }

  @Override
  public Map<String, NDArray> gradients(
      Batch batch, Map<String, NDArray> adapter, NDManager scope) {
    Map<String, NDArray> all = new LinkedHashMap<>(weights);
    all.putAll(adapter);
    NDArray text =
        captions.areEncoded()
            ? captions.states(batch.captions(), scope)
            : captions.ids(batch.captions(), scope);
    return program.gradients(batch, text, vectors(batch), all, scope);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the captions are tokens
   */
  @Override
  public float[] predict(Batch batch) {
    if (!captions.areEncoded()) {
      throw new IllegalStateException("captions are tokens, expected states of the text encoders");
    }
    try (NDManager scope = torch.scope();
        TensorDict frozen = TensorDict.of(weights)) {
      NDArray text = captions.states(batch.captions(), scope);
      return program.predict(batch, text, vectors(batch), frozen, scope).toFloatArray();
    }
  }

  private float[] vectors(Batch batch) {
    return captions.vectors(batch.captions(), batch.sizes(), vectorWidth);
  }
}
