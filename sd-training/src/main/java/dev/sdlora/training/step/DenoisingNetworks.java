package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Captions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The frozen networks of a checkpoint in float32, through which the gradients of a LoRA are taken.
 * Their weights live as long as the owner of the native memory. Not safe for several threads.
 */
public final class DenoisingNetworks {
  private final Program program;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final int channels;
  private final int factor;
  private final NDArray size;
  private final NDArray textSize;

  /**
   * Reads weights.
   *
   * @param torch the owner of the native memory
   * @param textEncoder whether to read those of the text encoder as well
   * @param clipSkip 1 for the text encoder's last layer, 2 for the one before it
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read
   */
  public DenoisingNetworks(Torch torch, ModelFiles files, boolean textEncoder, int clipSkip) {
    this.program =
        Program.load(
            torch,
            join(UNet.METHODS, TextEncoder.METHODS, "denoise.torchscript.py"),
            join(
                UNet.FUNCTIONS,
                TextEncoder.FUNCTIONS,
                "denoise_parts.torchscript.py",
                "gradients.torchscript.py"));
    TensorLoader loader = new TensorLoader(torch);
    read(torch, loader, files.unetWeights());
    if (textEncoder) {
      read(torch, loader, files.clipWeights());
    }
    ClipConfig clip = files.clip();
    this.channels = files.unet().inChannels();
    this.factor = files.vae().factor();
    this.size = torch.manager().create(dimensions(files.unet()));
    this.textSize = torch.manager().create(new int[] {clip.heads(), clip.layers() - clipSkip + 1});
  }

  private static List<Program.Source> join(
      List<Program.Source> first, List<Program.Source> second, String... own) {
    return Stream.of(first, second, Program.Source.beside(AdamW.class, own))
        .flatMap(List::stream)
        .toList();
  }

  private void read(Torch torch, TensorLoader loader, Map<String, Origin> origins) {
    try (OpenFiles files = new OpenFiles()) {
      origins.forEach(
          (name, origin) -> {
            // What comes out of a program cannot take part in the recording of gradients.
            try (NDArray loaded =
                loader.load(
                    files.of(origin.file()),
                    origin.entry(),
                    origin.shape(),
                    ScalarType.FLOAT32,
                    torch.manager())) {
              weights.put(name, loaded.duplicate());
            }
          });
    }
  }

  private static int[] dimensions(UNetConfig unet) {
    return IntStream.concat(
            IntStream.of(unet.heads(), unet.middleDepth(), unet.layers()),
            Stream.concat(unet.channels().stream(), unet.depth().stream())
                .mapToInt(Integer::intValue))
        .toArray();
  }

  /** The frozen weights, for reading. */
  public Map<String, NDArray> weights() {
    return Map.copyOf(weights);
  }

  /**
   * The loss of a batch, and its gradient for every tensor of the LoRA that wants one.
   *
   * @param batch latents and noise of one picture size
   * @param height of the pictures in pixels
   * @param captions those of the batch and the empty one; as tokens, if the text encoder was read
   * @param adapter factors and scales of the LoRA, by the names that the networks look for
   * @param scope the manager that will own the results
   * @return gradients by name, and {@code loss}
   */
  public Map<String, NDArray> gradients(
      Batch batch, int height, Captions captions, Map<String, NDArray> adapter, NDManager scope) {
    boolean encoded = captions.areEncoded();
    Map<String, NDArray> all = new LinkedHashMap<>(weights);
    all.putAll(adapter);
    int members = batch.times().length;
    long rows = height / factor;
    long columns = batch.noisy().length / ((long) members * channels * rows);
    Program.RecordingCall call =
        program
            .record(encoded ? "denoise" : "denoise_text")
            .tensor(Torch.floats(scope, batch.noisy(), members, channels, rows, columns))
            .tensor(Torch.floats(scope, batch.times(), members))
            .tensor(Torch.floats(scope, batch.target(), members, channels, rows, columns))
            .tensor(Torch.floats(scope, batch.importance(), members))
            .tensor(
                encoded
                    ? captions.states(batch.captions(), scope)
                    : captions.ids(batch.captions(), scope))
            .tensors(all)
            .tensor(size);
    if (!encoded) {
      call.tensor(textSize);
    }
    return call.run(scope);
  }
}
