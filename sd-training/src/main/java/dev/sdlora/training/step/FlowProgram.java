package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.transformer.RecordedProgram;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.transformer.TransformerPrograms;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.option.TrainingPrecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Computes the loss of a predicted velocity and its gradients, for one noisy latent. The program
 * shares functions with those of generation. Holds no weights. Not safe for use by several threads.
 */
final class FlowProgram {
  /**
   * The guidance scale that FLUX.1 [dev] reads in training. ai-toolkit's default as well: the
   * images to learn are those of the model without guidance.
   */
  private static final float GUIDANCE = 1;

  private final Program program;
  private final NDArray settings;
  private final NDArray theta;
  private final boolean isGuided;

  /**
   * Inputs of the network for one member of a batch.
   *
   * @param noisy [channels][rows][columns]
   * @param sigma the noise level, 0 to 1
   * @param states the states of the caption, [tokens][width]
   * @param vector the pooled text of FLUX.1; empty for others
   */
  @SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
  record Input(
      float[] noisy,
      float sigma,
      int channels,
      int rows,
      float[] states,
      int tokens,
      float[] vector) {
    int columns() {
      return noisy.length / (channels * rows);
    }
  }

  /**
   * The quantity to predict.
   *
   * @param velocity [channels][rows][columns]
   * @param importance the factor on the error, one or [rows][columns]
   * @param deltas the delta of the Huber loss; empty for the squared error
   */
  @SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
  record Target(float[] velocity, float[] importance, float[] deltas) {}

  FlowProgram(
      Torch torch, TransformerConfig config, TrainingPrecision precision, boolean checkpointing) {
    RecordedProgram recorded =
        config
            .recorded()
            .orElseThrow(() -> new IllegalArgumentException("no program to train " + config));
    boolean isStored = precision == TrainingPrecision.INT8;
    this.program =
        Program.load(
            torch,
            own("flow.torchscript.py"),
            Program.Source.join(
                List.of(
                    TransformerPrograms.recordable(recorded, isStored),
                    own("flow_products.torchscript.py"),
                    AdaptedLayers.FUNCTIONS,
                    own(recorded.own().toArray(String[]::new)),
                    own(
                        "flow_gradients.torchscript.py",
                        "denoise_parts.torchscript.py",
                        "gradients.torchscript.py"))));
    ScalarType type =
        precision == TrainingPrecision.FLOAT32 ? ScalarType.FLOAT32 : ScalarType.BFLOAT16;
    List<Integer> values =
        new ArrayList<>(
            List.of(
                type.code(),
                checkpointing ? 1 : 0,
                recorded.heads(),
                recorded.doubles(),
                recorded.others()));
    values.addAll(recorded.axes());
    NDManager numbers = Torch.onProcessor(torch.manager());
    this.settings = numbers.create(values.stream().mapToInt(Integer::intValue).toArray());
    this.theta = numbers.create(recorded.theta());
    this.isGuided = config.isGuided();
  }

  private static List<Program.Source> own(String... resources) {
    return Program.Source.beside(FlowProgram.class, resources);
  }

  /**
   * Computes the loss of one member and its gradient for every weight that requires one.
   *
   * @param weights the weights of the network and those of an adapter
   * @param scope the manager that will own the results
   * @return gradients by name, {@code loss} and {@code errors}
   */
  Map<String, NDArray> gradients(
      Input input, Target target, Map<String, NDArray> weights, NDManager scope) {
    long rows = input.rows();
    long columns = input.columns();
    boolean isMasked = target.importance().length > 1;
    Program.RecordingCall call = program.record("gradients");
    begin(call, input, scope)
        .tensor(Torch.floats(scope, target.velocity(), 1, input.channels(), rows, columns))
        .tensor(
            Torch.floats(
                scope, target.importance(), 1, 1, isMasked ? rows : 1, isMasked ? columns : 1))
        .tensor(Torch.floats(scope, target.deltas(), target.deltas().length));
    return end(call, input, weights, scope).run(scope);
  }

  /** Predicts the velocity of one member, [channels][rows][columns]. */
  float[] velocity(Input input, Map<String, NDArray> weights, NDManager scope) {
    Program.RecordingCall call = program.record("velocity");
    begin(call, input, scope);
    return end(call, input, weights, scope).run(scope).values().iterator().next().toFloatArray();
  }

  private static Program.RecordingCall begin(
      Program.RecordingCall call, Input input, NDManager scope) {
    return call.tensor(
            Torch.floats(scope, input.noisy(), 1, input.channels(), input.rows(), input.columns()))
        .tensor(Torch.floats(scope, new float[] {input.sigma()}, 1));
  }

  private Program.RecordingCall end(
      Program.RecordingCall call, Input input, Map<String, NDArray> weights, NDManager scope) {
    float[] guidance = isGuided ? new float[] {GUIDANCE} : new float[0];
    long width = input.states().length / input.tokens();
    return call.tensor(Torch.floats(scope, input.states(), 1, input.tokens(), width))
        .tensor(Torch.floats(scope, input.vector(), 1, input.vector().length))
        .tensor(Torch.floats(scope, guidance, 1, guidance.length))
        .tensors(weights)
        .tensor(settings)
        .tensor(theta);
  }
}
