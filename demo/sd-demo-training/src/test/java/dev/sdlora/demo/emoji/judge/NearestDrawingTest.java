package dev.sdlora.demo.emoji.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnThing;
import dev.sdlora.demo.emoji.NewThing;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.Pattern;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Things recognised in softened paintings. */
final class NearestDrawingTest {
  @Test
  void in_aPaintingOfAnyKnownThing_thatThing() {
    List<Noun> nouns = new ArrayList<>(TinySet.NOUNS);
    nouns.add(NewThing.views().get(0));
    Drawings drawings = NewThing.with(TinySet.drawings());
    NearestDrawing judge = new NearestDrawing(nouns, drawings);
    Painter painter = new Painter(drawings);
    for (Noun noun : nouns) {
      DrawnScene scene =
          new DrawnScene(
              List.of(new DrawnThing(noun, null)),
              1,
              Size.MEDIUM,
              Place.CENTRE,
              Colour.PINK,
              Pattern.STRIPED,
              true,
              3);
      Asked asked = new Asked(Asked.About.ANY, scene, "", 5);
      assertThat(judge.in(painter.draw(asked), scene)).isEqualTo(noun);
    }
  }
}
