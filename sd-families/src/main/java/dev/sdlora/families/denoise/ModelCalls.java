package dev.sdlora.families.denoise;

import dev.sdlora.families.denoise.BatchedPredictor.Question;
import java.util.List;

/** Calls the network on behalf of a sampler. */
@FunctionalInterface
public interface ModelCalls {
  /** Calls the network immediately. */
  ModelCalls ALONE = (predictor, question) -> predictor.predict(List.of(question)).get(0);

  /** Returns the network's predictions under each condition, in their order. */
  List<float[]> ask(BatchedPredictor predictor, Question question);

  /**
   * A question and the predictor that answers it.
   *
   * @param predictor the same for all images that are generated together
   */
  record Call(BatchedPredictor predictor, Question question) {}

  /** Calls the network together with the samplers of other images; {@link #answer} answers them. */
  static ModelCalls together(Lockstep.Participant<Call, List<float[]>> seat) {
    return (predictor, question) -> seat.ask(new Call(predictor, question));
  }

  /** Returns the network's predictions for each image. */
  static List<List<float[]>> answer(List<Call> calls) {
    return calls.get(0).predictor.predict(calls.stream().map(Call::question).toList());
  }
}
