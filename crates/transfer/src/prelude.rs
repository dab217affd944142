//! The one import of a notebook: `use transfer::prelude::*;`.

pub use std::collections::BTreeMap;
pub use std::sync::Arc;

pub use tch::nn::ModuleT;
pub use tch::{self, Device, Kind, Tensor, nn};

pub use crate::adapt;
pub use crate::checkpoint::{self, LoadOptions, LoadReport, StateDict};
pub use crate::data::synth::{
    Domain, Flaw, LeafTasks, Leaves, PlantedFlaw, Scenes, Species, SpeciesSet, write_flawed_leaves,
};
pub use crate::data::{
    Amount, Audit, AuditedPicture, Batch, BoxDataset, BoxLabel, BoxOptions, BoxPictures, BoxSplits,
    BoxSubset, BoxesInMemory, CocoJson, ColorJitter, CsvManifest, CsvOptions, DataLoader, Dataset,
    FolderReport, ImageFolder, InMemory, Interpolation, Layout, Mix, NearPair, PascalVoc,
    PictureHeader, PictureParts, Preprocessing, RgbImage, Skipped, Split, Splits, Subset,
    Transform, Unlabelled, YoloFolder, cifar10, cifar100, connected_groups, mnist, near_duplicates,
    open_parts, open_picture, stratified, stratified_groups,
};
pub use crate::detection::{self, Thresholds};
pub use crate::hub::{self, Hub, Weights};
pub use crate::metrics::{
    Calibration, ClassReport, ConfidentLearning, ConfusionMatrix, Detection, DetectionEval,
    LabelFilter, LabelIssue, PairedDifference, Summary, TopLoss, accuracy, fit_temperature,
    top_k_accuracy, top_losses,
};
pub use crate::models::{
    self, Backbone, Bert, BertConfig, CifarResNet, CifarResNetConfig, Detector, DetectorConfig,
    LeNet, LeNetConfig, LoraConfig, ParameterGroup, ResNet, ResNetConfig, TextClassifier,
    TextEncoder, Vgg, VggConfig, WeightFiles,
};
pub use crate::multitask::{self, MultiTaskNet};
pub use crate::project::{TsneConfig, pca, tsne};
pub use crate::text::{
    BagOfWords, Pooling, TextBatch, TextDataset, TextLoader, TextOptions, Tokenizer,
    support_messages,
};
pub use crate::train::{
    Adaptation, AdaptationStudy, BatchLoss, BatchSpectralShrinkage, BoxBatch, BoxLoader,
    DetectionEpoch, DetectionHistory, DetectionLearner, Distillation, Domains, EarlyStopping,
    Epoch, Evaluation, Every, FeatureStore, Features, FineTune, FitConfig, Flow, FoundIn,
    HeadConfig, History, ImageClassifier, JudgedDetector, L2Sp, Learner, LearningRate, LinearHead,
    LossSum, LrFind, LrRange, Maps, MultiTaskHistory, MultiTaskLearner, MultiTaskStanding,
    MultiTaskStudy, MultiTaskTrial, NearestNeighbors, Neighbors, OneCycle, OptimizerConfig,
    Outcome, Precision, Predictions, Recipe, Schedule, SetFit, SetFitStep, Span, Standing,
    Strategy, StrategyRun, StrategyTask, StrategyTrial, Target, TaskBatch, TaskLoader, Technique,
    TextBudget, TextLearner, TextTechnique, TextTrial, TrainConfig, TrainedText, Trial, Verdict,
    classify_texts, detect, detect_in, embed, embeddings_of, evaluate, evaluate_detector,
    evaluate_texts, features_at, features_at_each, features_of, fit, out_of_fold, pixels_of,
    predict, predict_flipped, predict_texts,
};
pub use crate::viz::{
    Bar, BoxTile, Choice, Curve, DataFrame, Figure, Html, Live, LiveChart, MapScale, Measure,
    Panel, ProgressBar, Show, Table, Tile, Tradeoff, bars, box_grid, confusion_chart, curves,
    decision_chart, detection_errors_chart, detection_history_chart, df, filter_grid, grid,
    grouped_bars, history_chart, imagenet_pictures, loss_grid, lr_chart, map_grid, measures,
    panels, pareto_chart, pareto_front, precision_recall_chart, progress, reliability_diagram,
    scatter, scatter_pictures, series_ink, show_all, similarity_maps,
};
pub use crate::{
    Error, Machine, MemoryMeter, Result, Study, best_device, check_interrupt, device, set_seed,
};
