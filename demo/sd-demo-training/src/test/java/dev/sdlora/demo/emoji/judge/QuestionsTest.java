package dev.sdlora.demo.emoji.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.judge.Question.About;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests the scenes that a model is evaluated on. */
final class QuestionsTest {
  private final List<Question> questions = TinySet.questions();

  @Test
  void asked_everyScene_firstThingHeldOutAndAllClear() {
    DrawnSceneSource scenes = TinySet.scenes();
    assertThat(questions)
        .extracting(Question::scene)
        .allMatch(scene -> DrawnSceneSource.isHeldOut(scene.first(), scene))
        .allMatch(
            scene ->
                scene.things().stream().allMatch(thing -> scenes.isClear(thing, scene.ground())));
  }

  @Test
  void asked_twice_theSame() {
    assertThat(TinySet.questions()).isEqualTo(questions);
  }

  @Test
  void asked_anyGroup_scenesOfItsForm() {
    assertThat(questions).extracting(Question::about).contains(About.values());
    assertThat(questions)
        .allSatisfy(
            question -> {
              assertThat(question.scene().isPair()).isEqualTo(question.about() == About.PAIR);
              assertThat(question.scene().count() > 1).isEqualTo(question.about() == About.ROW);
              assertThat(Objects.nonNull(question.scene().first().colour()))
                  .isEqualTo(question.about() == About.TINTED);
            });
  }
}
