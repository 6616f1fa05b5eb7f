package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Captions;
import dev.sdlora.demo.Scene;
import dev.sdlora.demo.Thing;
import dev.sdlora.demo.emoji.DrawnCaptions.Caption;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.SplittableRandom;

/** A scene that the base model learns from: of drawings or of shapes. */
public sealed interface Captioned {
  BufferedImage draw(DrawnScenePainter painter, int side);

  /** Returns one of its captions as people write them. */
  Caption caption(SplittableRandom random);

  /** Returns one of its captions without filler words. */
  Caption plainCaption(SplittableRandom random);

  /** Returns the meaning of its captions. */
  float[] description(Appearances appearances);

  /** Returns the nouns or shapes, in the order of the captions' nouns. */
  List<?> named();

  record OfDrawings(DrawnScene scene) implements Captioned {
    @Override
    public BufferedImage draw(DrawnScenePainter painter, int side) {
      return painter.draw(scene, side);
    }

    @Override
    public Caption caption(SplittableRandom random) {
      return new DrawnCaptions(random).withFillers(scene);
    }

    @Override
    public Caption plainCaption(SplittableRandom random) {
      return new DrawnCaptions(random).plain(scene);
    }

    @Override
    public float[] description(Appearances appearances) {
      return DrawnDescription.of(scene, appearances);
    }

    @Override
    public List<Noun> named() {
      return scene.things().stream().map(DrawnThing::noun).toList();
    }
  }

  /** A scene of shapes, as in the training of an earlier model with shapes alone. */
  record OfShapes(Scene scene) implements Captioned {
    @Override
    public BufferedImage draw(DrawnScenePainter painter, int side) {
      return scene.draw(side);
    }

    @Override
    public Caption caption(SplittableRandom random) {
      return plainCaption(random);
    }

    @Override
    public Caption plainCaption(SplittableRandom random) {
      return new Caption(
          Captions.of(scene, random),
          scene.things().stream().map(thing -> thing.shape().word()).toList());
    }

    @Override
    public float[] description(Appearances appearances) {
      return DrawnDescription.of(scene, appearances);
    }

    @Override
    public List<dev.sdlora.demo.Shape> named() {
      return scene.things().stream().map(Thing::shape).toList();
    }
  }
}
