package dev.sdlora.server;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.SegmentationModel;
import java.awt.Point;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A segmentation model without a network: the thing at a point is the quarter of the image that the
 * point is in. Points outside remove their quarters.
 */
public final class SubjectMasks implements SegmentationModel {
  private final List<List<Point>> asked = Collections.synchronizedList(new ArrayList<>());

  /** Returns the points of all calls, those inside before those outside. */
  public List<List<Point>> asked() {
    return List.copyOf(asked);
  }

  @Override
  public Image mask(Image image, List<Point> inside, List<Point> outside) {
    List<Point> all = new ArrayList<>(inside);
    all.addAll(outside);
    asked.add(all);
    int width = image.width();
    int height = image.height();
    byte[] rgb = new byte[3 * width * height];
    inside.forEach(point -> fill(rgb, width, height, point, (byte) 255));
    outside.forEach(point -> fill(rgb, width, height, point, (byte) 0));
    return Image.of(width, height, rgb);
  }

  private static void fill(byte[] rgb, int width, int height, Point point, byte value) {
    int left = point.x < width / 2 ? 0 : width / 2;
    int top = point.y < height / 2 ? 0 : height / 2;
    for (int y = top; y < top + height / 2; y++) {
      for (int i = 3 * (y * width + left); i < 3 * (y * width + left + width / 2); i++) {
        rgb[i] = value;
      }
    }
  }
}
