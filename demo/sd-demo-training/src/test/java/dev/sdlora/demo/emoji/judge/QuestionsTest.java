package dev.sdlora.demo.emoji.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.judge.Asked.About;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests the scenes that a model is evaluated on. */
final class QuestionsTest {
  private final List<Asked> questions = TinySet.questions();

  @Test
  void asked_everyScene_firstThingHeldOutAndAllClear() {
    DrawnSceneSource scenes = TinySet.scenes();
    assertThat(questions)
        .extracting(Asked::scene)
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
    assertThat(questions).extracting(Asked::about).contains(About.values());
    assertThat(questions)
        .allSatisfy(
            asked -> {
              assertThat(asked.scene().isPair()).isEqualTo(asked.about() == About.PAIR);
              assertThat(asked.scene().count() > 1).isEqualTo(asked.about() == About.ROW);
              assertThat(Objects.nonNull(asked.scene().first().colour()))
                  .isEqualTo(asked.about() == About.TINTED);
            });
  }
}
