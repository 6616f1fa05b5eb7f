package dev.sdlora.training.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The order of images in a training run. In an epoch, each image of the training set occurs as
 * often as it is repeated, with as many images for prior preservation, which alternate with them. A
 * batch contains images of one bucket.
 *
 * <p>If there is one bucket, all batches are full, and a batch may span two epochs. If there are
 * several, the last batch of a bucket in an epoch may be smaller, and the batches of an epoch are
 * shuffled, as in kohya's trainer.
 *
 * <p>Each batch depends only on the seed and its index. Not safe for use by several threads,
 * because the order of the last epoch is cached.
 */
public final class BatchOrder {
  private final List<Bucket> buckets;
  private final long seed;
  private final int size;
  private int[][] batches = {};
  private long orderedEpoch = -1;

  /**
   * An image.
   *
   * @param bucket identifies its bucket
   * @param repeats how often it is trained on in an epoch, at least 1
   * @param prior whether it is an image for prior preservation
   */
  public record Member(Object bucket, int repeats, boolean prior) {}

  /**
   * The images of one size.
   *
   * @param images the indices of images, repeated
   * @param prior the indices of images for prior preservation, repeated
   * @param share the number of images for prior preservation in an epoch
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Bucket(int[] images, int[] prior, int share) {
    int length() {
      return images.length + share;
    }
  }

  /**
   * Creates an order.
   *
   * @param members all images, at least one of them not for prior preservation
   * @param seed the seed of the training
   * @param size the number of images in a full batch
   */
  public BatchOrder(List<Member> members, long seed, int size) {
    this.buckets = buckets(members);
    this.seed = seed;
    this.size = size;
  }

  private static List<Bucket> buckets(List<Member> members) {
    Map<Object, List<Integer>> images = new LinkedHashMap<>();
    Map<Object, List<Integer>> prior = new LinkedHashMap<>();
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      images.computeIfAbsent(member.bucket(), key -> new ArrayList<>());
      prior.computeIfAbsent(member.bucket(), key -> new ArrayList<>());
      (member.prior() ? prior : images)
          .getOrDefault(member.bucket(), List.of())
          .addAll(Collections.nCopies(member.repeats(), i));
    }
    long wanted = images.values().stream().mapToInt(List::size).sum();
    long available = Math.max(1, prior.values().stream().mapToInt(List::size).sum());
    List<Bucket> buckets = new ArrayList<>();
    long before = 0;
    for (Map.Entry<Object, List<Integer>> entry : images.entrySet()) {
      int[] ofPrior = ints(prior.getOrDefault(entry.getKey(), List.of()));
      // Rounded sums, so that the shares of all buckets add up to the number of images.
      long after = before + ofPrior.length;
      int share = (int) (after * wanted / available - before * wanted / available);
      before = after;
      buckets.add(new Bucket(ints(entry.getValue()), ofPrior, share));
    }
    return buckets.stream().filter(bucket -> bucket.length() > 0).toList();
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The number of batches in which a number of epochs is completed. */
  public long batches(long epochs) {
    if (buckets.size() == 1) {
      return quotient(epochs * buckets.get(0).length());
    }
    return epochs * buckets.stream().mapToLong(bucket -> quotient(bucket.length())).sum();
  }

  private long quotient(long images) {
    return (images + size - 1) / size;
  }

  /** The indices of the images in a batch, which is counted from 0. */
  public int[] at(long batch) {
    if (buckets.size() > 1) {
      long inEpoch = batches(1);
      order(batch / inEpoch);
      return batches[(int) (batch % inEpoch)];
    }
    int[] members = new int[size];
    int length = buckets.get(0).length();
    for (int i = 0; i < size; i++) {
      long position = batch * size + i;
      order(position / length);
      members[i] = batches[0][(int) (position % length)];
    }
    return members;
  }

  /** Orders an epoch: into one run of all images for one bucket, otherwise into batches. */
  private void order(long epoch) {
    if (epoch == orderedEpoch) {
      return;
    }
    SplittableRandom random = SeededRandom.of(seed, "order", epoch);
    List<int[]> ordered = new ArrayList<>();
    for (int i = 0; i < buckets.size(); i++) {
      int[] images = alternated(buckets.get(i), i, epoch, random);
      int length = buckets.size() == 1 ? images.length : size;
      for (int from = 0; from < images.length; from += length) {
        ordered.add(
            IntStream.range(from, Math.min(images.length, from + length))
                .map(at -> images[at])
                .toArray());
      }
    }
    int[] order = shuffled(ordered.size(), random);
    batches = IntStream.of(order).mapToObj(ordered::get).toArray(int[][]::new);
    orderedEpoch = epoch;
  }

  /** The shuffled images of a bucket, with those for prior preservation evenly between them. */
  private int[] alternated(Bucket bucket, int number, long epoch, SplittableRandom random) {
    int[] order = shuffled(bucket.images().length, random);
    int[] prior = prior(bucket, number, epoch);
    int[] images = new int[bucket.length()];
    int own = 0;
    int ofPrior = 0;
    while (own + ofPrior < images.length) {
      int at = own + ofPrior;
      if (own < order.length
          && (2L * own + 1) * prior.length <= (2L * ofPrior + 1) * order.length) {
        images[at] = bucket.images()[order[own++]];
      } else {
        images[at] = prior[ofPrior++];
      }
    }
    return images;
  }

  /**
   * The images for prior preservation in an epoch. Those of all epochs are one sequence, in which
   * each round of all images is shuffled anew.
   */
  private int[] prior(Bucket bucket, int number, long epoch) {
    int[] images = new int[bucket.share()];
    int count = bucket.prior().length;
    int[] order = {};
    for (int i = 0; i < images.length; i++) {
      long position = epoch * images.length + i;
      if (i == 0 || position % count == 0) {
        order = shuffled(count, SeededRandom.of(seed, "prior order " + number, position / count));
      }
      images[i] = bucket.prior()[order[(int) (position % count)]];
    }
    return images;
  }

  /** A Fisher–Yates shuffle. */
  private static int[] shuffled(int count, SplittableRandom random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }
}
