package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.Batch;
import java.util.List;
import java.util.Map;

/**
 * The loss of predicted noise or velocity and its gradients: the programs of U-Net and text encoder
 * with one more method. Holds no weights. Not safe for several threads.
 */
public final class DenoisingProgram {
  private final Program program;
  private final int channels;
  private final int vectorWidth;
  private final NDArray heads;
  private final NDArray textSize;

  /**
   * Compiles the program.
   *
   * @param torch the owner of the native memory
   * @param clipSkip 1 for the text encoder's last layer, 2 for the one before it
   */
  public DenoisingProgram(Torch torch, UNetConfig unet, ClipConfig clip, int clipSkip) {
    this.program =
        Program.load(
            torch,
            Program.Source.join(
                List.of(UNet.METHODS, TextEncoder.METHODS, own("denoise.torchscript.py"))),
            Program.Source.join(
                List.of(
                    UNet.FUNCTIONS,
                    TextEncoder.FUNCTIONS,
                    own("denoise_parts.torchscript.py", "gradients.torchscript.py"))));
    this.channels = unet.inChannels();
    this.vectorWidth = unet.vectorWidth();
    this.heads =
        torch.manager().create(unet.heads().stream().mapToInt(Integer::intValue).toArray());
    this.textSize =
        torch
            .manager()
            .create(
                new int[] {
                  clip.heads(),
                  clip.layers() - clipSkip + 1,
                  clip.kind() == ClipConfig.Kind.OPENAI ? 1 : 0,
                  clip.reading().normalised() ? 1 : 0
                });
  }

  private static List<Program.Source> own(String... resources) {
    return Program.Source.beside(DenoisingProgram.class, resources);
  }

  /**
   * The loss of a batch, and its gradient for every weight that wants one.
   *
   * @param batch latents and noise of one picture size
   * @param rows of a latent
   * @param text states of the text encoder, float32 [batch, tokens, width], or token ids, int64
   *     [batch, chunks, 77]
   * @param vectors what the U-Net reads of the whole text and of sizes, [batch][width]; empty if it
   *     reads nothing of that
   * @param weights of the U-Net, those of the text encoder if the text is ids, and a LoRA's
   * @param scope the manager that will own the results
   * @return gradients by name, and {@code loss}
   */
  public Map<String, NDArray> gradients(
      Batch batch,
      int rows,
      NDArray text,
      float[] vectors,
      Map<String, NDArray> weights,
      NDManager scope) {
    boolean encoded = text.getDataType().isFloating();
    int members = batch.times().length;
    long columns = batch.noisy().length / ((long) members * channels * rows);
    Program.RecordingCall call =
        program
            .record(encoded ? "denoise" : "denoise_text")
            .tensor(Torch.floats(scope, batch.noisy(), members, channels, rows, columns))
            .tensor(Torch.floats(scope, batch.times(), members))
            .tensor(Torch.floats(scope, batch.target(), members, channels, rows, columns))
            .tensor(Torch.floats(scope, batch.importance(), members))
            .tensor(text)
            .tensor(Torch.floats(scope, vectors, members, vectorWidth))
            .tensors(weights)
            .tensor(heads);
    if (!encoded) {
      call.tensor(textSize);
    }
    return call.run(scope);
  }
}
