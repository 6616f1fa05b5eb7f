package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.network.UNet;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.training.data.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Computes the loss of predicted noise or velocity and its gradients: the programs of U-Net and
 * text encoders with one more method. Holds no weights. Not safe for use by several threads.
 */
public final class DenoisingProgram {
  private final Program program;
  private final int channels;
  private final int outChannels;
  private final NDArray heads;
  private final NDArray texts;
  private final NDArray computation;

  /**
   * The dtype of gradients, and whether inner values are computed again.
   *
   * @param format the dtype that the networks compute in, float32 or bfloat16. Weights that are not
   *     trained may be in this dtype or in float32; trained weights and their gradients are float32
   * @param checkpointing whether inner values of the U-Net's blocks are computed again for the
   *     gradients instead of being kept (Chen et al. 2016, "Training Deep Nets with Sublinear
   *     Memory Cost")
   */
  public record Computation(ScalarType format, boolean checkpointing) {}

  /**
   * Compiles the program.
   *
   * @param torch the owner of the native memory
   * @param clips the text encoders
   * @param clipSkip 1 for the layer that the U-Net was trained to read, 2 for the one before it
   * @param computation how gradients are computed
   */
  public DenoisingProgram(
      Torch torch, UNetConfig unet, List<ClipConfig> clips, int clipSkip, Computation computation) {
    NDManager numbers = Torch.onProcessor(torch.manager());
    this.computation =
        numbers.create(
            new int[] {computation.format().code(), computation.checkpointing() ? 1 : 0});
    this.program =
        Program.load(
            torch,
            Program.Source.join(
                List.of(UNet.METHODS, TextEncoder.METHODS, own("denoise.torchscript.py"))),
            functions(torch, computation.format()));
    this.channels = unet.inChannels();
    this.outChannels = unet.outChannels();
    this.heads = numbers.create(unet.heads().stream().mapToInt(Integer::intValue).toArray());
    int[] settings =
        clips.stream()
            .flatMap(clip -> clip.arguments(clip.reading().skip(clipSkip)).stream())
            .mapToInt(Integer::intValue)
            .toArray();
    this.texts = numbers.create(settings, new Shape(clips.size(), settings.length / clips.size()));
  }

  /** The source of the functions for networks that compute in a dtype. */
  static List<Program.Source> functions(Torch torch, ScalarType format) {
    return Program.Source.join(
        List.of(
            UNet.functions(own("attention.torchscript.py")),
            TextEncoder.FUNCTIONS,
            AdaptedLayers.FUNCTIONS,
            attention(torch, format),
            own(
                "denoise_parts.torchscript.py",
                "segments.torchscript.py",
                "gradients.torchscript.py")));
  }

  /** Attention by products, where the processor multiplies in the dtype faster than in float32. */
  private static List<Program.Source> attention(Torch torch, ScalarType format) {
    return format == ScalarType.BFLOAT16
            && Processor.hasBfloat16()
            && Packer.isSupported(torch, format)
        ? Program.Source.join(
            List.of(
                Program.Source.beside(UNet.class, "matrix_attention.torchscript.py"),
                own("product_attention.torchscript.py")))
        : List.of();
  }

  private static List<Program.Source> own(String... resources) {
    return Program.Source.beside(DenoisingProgram.class, resources);
  }

  /**
   * Computes the loss of a batch and its gradient for every weight that requires one.
   *
   * @param batch latents and noise of one image size
   * @param text the states of the text encoders concatenated, float32 [batch, tokens, width], or
   *     token ids, int64 [encoders, batch, chunks, 77]
   * @param vectors the other inputs of the U-Net, [batch][width]: sizes, after the pooled text
   *     unless the text is ids; empty if it reads none of these
   * @param weights the weights of the U-Net, those of the text encoders if the text is ids, and
   *     those of a LoRA, by their {@link JointNames}
   * @param scope the manager that will own the results
   * @return gradients by name, {@code loss} and {@code errors}
   */
  public Map<String, NDArray> gradients(
      Batch batch, NDArray text, float[] vectors, Map<String, NDArray> weights, NDManager scope) {
    boolean encoded = text.getDataType().isFloating();
    int members = batch.times().length;
    int rows = batch.rows();
    long columns = batch.noisy().length / ((long) members * channels * rows);
    Program.RecordingCall call =
        program
            .record(encoded ? "denoise" : "denoise_text")
            .tensor(Torch.floats(scope, batch.noisy(), members, channels, rows, columns))
            .tensor(Torch.floats(scope, batch.times(), members))
            .tensor(Torch.floats(scope, batch.target(), members, outChannels, rows, columns))
            .tensor(importance(batch, rows, columns, scope))
            .tensor(Torch.floats(scope, batch.deltas(), batch.deltas().length))
            .tensor(text)
            .tensor(Torch.floats(scope, vectors, members, vectors.length / members))
            .tensors(weights)
            .tensor(heads)
            .tensor(computation);
    if (!encoded) {
      call.tensor(texts);
    }
    return call.run(scope);
  }

  /**
   * Predicts the noise or velocity of a batch, recording no gradients.
   *
   * @param batch latents of one image size
   * @param text the states of the text encoders concatenated, float32 [batch, tokens, width]
   * @param vectors the other inputs of the U-Net, [batch][width]; empty if it reads none
   * @param weights the weights of the U-Net
   * @param scope the manager that will own the result
   * @return float32 [batch, channels, rows, columns]
   */
  public NDArray predict(
      Batch batch, NDArray text, float[] vectors, TensorDict weights, NDManager scope) {
    int members = batch.times().length;
    int rows = batch.rows();
    long columns = batch.noisy().length / ((long) members * channels * rows);
    NDArray vector = Torch.floats(scope, vectors, members, vectors.length / members);
    return program
        .call("predict")
        .tensor(Torch.floats(scope, batch.noisy(), members, channels, rows, columns))
        .tensor(Torch.floats(scope, batch.times(), members))
        .tensor(text)
        .tensor(vector)
        .tensor(vector)
        .tensors(weights)
        .integers(Arrays.stream(heads.toIntArray()).asLongStream().toArray())
        .integer(0)
        .list()
        .list()
        .run(scope);
  }

  /** The factors on the loss, [batch, 1, 1, 1], or [batch, 1, rows, columns] if there is a mask. */
  private static NDArray importance(Batch batch, int rows, long columns, NDManager scope) {
    int members = batch.times().length;
    if (batch.mask().length == 0) {
      return Torch.floats(scope, batch.importance(), members, 1, 1, 1);
    }
    float[] values = batch.mask().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] *= batch.importance()[i / (values.length / members)];
    }
    return Torch.floats(scope, values, members, 1, rows, columns);
  }
}
