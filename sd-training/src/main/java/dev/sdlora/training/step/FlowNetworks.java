package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.FlowCaptions;
import dev.sdlora.training.option.TrainingPrecision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The frozen transformer of a checkpoint, which computes the gradients of an adapter. Members of a
 * batch run one after another, because their captions differ in length, so only one of them is in
 * memory at once. The weights live as long as the owner of the native memory. Not safe for use by
 * several threads.
 */
public final class FlowNetworks implements TrainedNetworks {
  /** The ends of the names of tensors that have a row for each member. */
  private static final List<String> OF_MEMBERS = List.of(".lora_scale", ".lora_ranks");

  private final Torch torch;
  private final FlowProgram program;
  private final Map<String, NDArray> weights;
  private FlowCaptions captions;
  private final int channels;

  /**
   * Reads the weights.
   *
   * @param torch the owner of the native memory
   * @param captions those of all batches
   * @param precision the dtype of the frozen weights and of products
   * @param checkpointing whether each block is computed again for its gradients
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read
   */
  public FlowNetworks(
      Torch torch,
      TransformerModel model,
      FlowCaptions captions,
      TrainingPrecision precision,
      boolean checkpointing) {
    this.torch = torch;
    this.captions = captions;
    this.program = new FlowProgram(torch, model.transformer().config(), precision, checkpointing);
    this.weights = FlowWeights.read(torch, model.transformer(), precision);
    this.channels = model.vae().config().sampledChannels();
  }

  @Override
  public void use(Captions others) {
    captions = (FlowCaptions) others;
  }

  /** {@inheritDoc} Matrices in 8 bits have several entries, which end with {@code .stored}. */
  @Override
  public Map<String, NDArray> weights() {
    return Map.copyOf(weights);
  }

  @Override
  public Map<String, NDArray> gradients(
      Batch batch, Map<String, NDArray> adapter, NDManager scope) {
    int members = batch.times().length;
    Map<String, NDArray> sums = new LinkedHashMap<>();
    float[] errors = new float[members];
    for (int member = 0; member < members; member++) {
      try (NDManager inner = torch.scope()) {
        Map<String, NDArray> all = new LinkedHashMap<>(weights);
        all.putAll(of(member, members, adapter, inner));
        Map<String, NDArray> found =
            program.gradients(input(batch, member), target(batch, member), all, inner);
        errors[member] = Objects.requireNonNull(found.remove(ERRORS)).getFloat();
        add(sums, found, scope);
      }
    }
    sums.put(ERRORS, Torch.floats(scope, errors, members));
    return sums;
  }

  @Override
  public float[] predict(Batch batch) {
    float[] all = new float[batch.noisy().length];
    int members = batch.times().length;
    for (int member = 0; member < members; member++) {
      try (NDManager scope = torch.scope()) {
        float[] own = program.velocity(input(batch, member), weights, scope);
        System.arraycopy(own, 0, all, member * own.length, own.length);
      }
    }
    return all;
  }

  private static void add(Map<String, NDArray> sums, Map<String, NDArray> found, NDManager scope) {
    found.forEach(
        (name, value) -> {
          NDArray sum = sums.get(name);
          if (sum == null) {
            value.attach(scope);
            sums.put(name, value);
          } else {
            sum.addi(value);
          }
        });
  }

  /**
   * Returns the tensors of an adapter for one member, of which some have a row for each member or
   * one for all.
   */
  private static Map<String, NDArray> of(
      int member, int members, Map<String, NDArray> adapter, NDManager scope) {
    if (members == 1) {
      return adapter;
    }
    Map<String, NDArray> own = new LinkedHashMap<>();
    adapter.forEach(
        (name, tensor) -> {
          boolean isSplit =
              OF_MEMBERS.stream().anyMatch(name::endsWith) && tensor.getShape().get(0) == members;
          if (isSplit) {
            NDArray row = tensor.get(new NDIndex("{}:{}", member, member + 1));
            row.attach(scope);
            own.put(name, row);
          } else {
            own.put(name, tensor);
          }
        });
    return own;
  }

  private FlowProgram.Input input(Batch batch, int member) {
    Conditioning text = captions.of(batch.captions().get(member));
    return new FlowProgram.Input(
        slice(batch.noisy(), batch, member),
        batch.times()[member],
        channels,
        batch.rows(),
        text.states(),
        text.tokens(),
        text.vector());
  }

  private static FlowProgram.Target target(Batch batch, int member) {
    int members = batch.times().length;
    float share = batch.importance()[member] / members;
    float[] importance = slice(batch.mask(), batch, member);
    for (int i = 0; i < importance.length; i++) {
      importance[i] *= share;
    }
    return new FlowProgram.Target(
        slice(batch.target(), batch, member),
        importance.length == 0 ? new float[] {share} : importance,
        slice(batch.deltas(), batch, member));
  }

  /** Returns a member's part of an array. */
  private static float[] slice(float[] values, Batch batch, int member) {
    int length = values.length / batch.times().length;
    float[] part = new float[length];
    System.arraycopy(values, member * length, part, 0, length);
    return part;
  }
}
