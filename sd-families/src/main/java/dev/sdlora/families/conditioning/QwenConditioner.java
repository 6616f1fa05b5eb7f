package dev.sdlora.families.conditioning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.conditioning.Conditions.Part;
import dev.sdlora.families.transformer.Qwen3;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.schedule.PromptSchedule;
import dev.sdlora.prompt.schedule.PromptSteps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Encodes prompts with Qwen3, as FLUX.2 and Z-Image read them. Prompts change between steps and are
 * split at {@code AND} as in A1111; weights such as {@code (word:1.2)} and {@code BREAK} are plain
 * text, as in Forge Neo.
 */
public final class QwenConditioner implements TextConditioner {
  private final AppliedEncoder encoder;
  private final Function<String, QwenPrompt> template;
  private final List<Integer> layers;
  private final boolean readsPadding;
  private final Predicate<List<PromptSchedule.Weighted>> readsNegative;
  private final PromptLimits limits;

  /**
   * Creates a conditioner for one pass of a request.
   *
   * @param encoder Qwen3
   * @param template puts a prompt into the model's chat template
   * @param layers the numbers of layers after which states are read, joined in this order
   * @param readsPadding whether the denoiser reads the states of padding
   * @param readsNegative whether the negative prompt acts next to the parts of the prompt; if not,
   *     it is not encoded
   */
  public QwenConditioner(
      AppliedEncoder encoder,
      Function<String, QwenPrompt> template,
      List<Integer> layers,
      boolean readsPadding,
      Predicate<List<PromptSchedule.Weighted>> readsNegative,
      PromptLimits limits) {
    this.encoder = encoder;
    this.template = template;
    this.layers = List.copyOf(layers);
    this.readsPadding = readsPadding;
    this.readsNegative = readsNegative;
    this.limits = limits;
  }

  @Override
  public Conditions conditions(String prompt, String negative, PromptSteps pass, NDManager scope) {
    List<Part> parts = new ArrayList<>();
    List<PromptSchedule.Weighted> weighted = PromptSchedule.ofParts(prompt, pass, limits);
    for (PromptSchedule.Weighted part : weighted) {
      parts.add(new Part(encode(part.schedule(), scope), part.weight()));
    }
    ConditioningSchedule uncond =
        readsNegative.test(weighted)
            ? encode(PromptSchedule.of(negative, pass, limits), scope)
            : parts.get(0).schedule();
    return new Conditions(parts, uncond, Optional.empty(), false);
  }

  private ConditioningSchedule encode(PromptSchedule schedule, NDManager scope) {
    Map<String, Conditioning> states = new HashMap<>();
    for (PromptSchedule.Entry entry : schedule.entries()) {
      states.computeIfAbsent(entry.text(), text -> constant(text, scope));
    }
    return new ConditioningSchedule(schedule, states);
  }

  @Override
  public Conditioning constant(String text, NDManager scope) {
    QwenPrompt tokens = template.apply(text);
    EncodedChunks.Key key = new EncodedChunks.Key(encoder.index(), encoder.weights(), 0, tokens);
    float[] states = encoder.known().states(key, () -> encode(tokens, scope));
    int count = readsPadding ? tokens.ids().length : tokens.count();
    return new Conditioning(states, count, states.length / count);
  }

  private float[] encode(QwenPrompt tokens, NDManager scope) {
    Qwen3 network = (Qwen3) encoder.network();
    int vocabulary = network.config().vocabulary();
    for (int id : tokens.ids()) {
      if (id >= vocabulary) {
        throw new CheckpointException(
            "the text encoder knows %s tokens, but the prompt has token %s; expected the encoder with the model's own tokenizer"
                .formatted(vocabulary, id));
      }
    }
    try (NDArray states = network.states(tokens.ids(), tokens.count(), layers, scope)) {
      float[] all = states.toFloatArray();
      return readsPadding
          ? all
          : Arrays.copyOf(all, all.length / tokens.ids().length * tokens.count());
    }
  }
}
