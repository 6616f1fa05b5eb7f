package dev.sdlora.pipeline.denoise;

import dev.sdlora.pipeline.denoise.BatchedPredictor.Question;
import java.util.List;

/** How a sampler asks the network. */
@FunctionalInterface
public interface ModelCalls {
  /** At once. */
  ModelCalls ALONE = (predictor, question) -> predictor.predict(List.of(question)).get(0);

  /** What the network predicts under each condition, in their order. */
  List<float[]> ask(BatchedPredictor predictor, Question question);

  /**
   * A question and who is to answer it.
   *
   * @param predictor the same for all images that are drawn together
   */
  record Asked(BatchedPredictor predictor, Question question) {}

  /** Together with the samplers of other images; {@link #answer} answers them. */
  static ModelCalls together(Lockstep.Participant<Asked, List<float[]>> seat) {
    return (predictor, question) -> seat.ask(new Asked(predictor, question));
  }

  /** What the network predicts for each of the images that ask. */
  static List<List<float[]>> answer(List<Asked> asked) {
    return asked.get(0).predictor.predict(asked.stream().map(Asked::question).toList());
  }
}
